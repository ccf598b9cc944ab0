"""GSM modems on USB: SMS without internet, through libGammu in a process of its own."""
