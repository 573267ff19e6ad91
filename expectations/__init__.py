"""What must hold before anyone sees a number: the gate of three layers and the checks it asks."""
