"""Warning signs of a job offer: content/red_flags/ held against facts of the registry."""
