"""Who staff are: accounts, invitations, passwords, one-time codes, sessions, what each role may."""
