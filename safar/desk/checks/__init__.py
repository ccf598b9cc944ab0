"""What is looked for beyond what the registry asks of content: warnings and notes, no errors."""
