"""The pages, one subject a file; each file offers ``pages(house) -> Pages``."""
