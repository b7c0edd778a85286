"""A room of the drills' own: imports whose every effect is counted, with and without the guard."""
