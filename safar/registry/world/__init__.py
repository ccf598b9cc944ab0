"""Tables of the whole world: missions, emergency numbers, ratifications, where cities are."""
