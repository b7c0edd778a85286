"""The frozen values that cross the border between the platform and its plug-ins."""
