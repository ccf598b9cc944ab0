"""Warning signs of a job offer: patterns of content/red_flags/, held against facts of the registry."""
