"""What people type at the desk: cleaned here, never written."""
