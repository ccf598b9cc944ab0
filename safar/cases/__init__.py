"""Cases: what a person must look at. Offering, routing, timers, and everything staff does."""
