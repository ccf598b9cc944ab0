"""`python -m safar` is the `safar` command."""

from safar.cli import main

if __name__ == "__main__":
    main()
