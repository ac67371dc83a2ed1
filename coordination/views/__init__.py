"""HTTP only: scope the object to the user, bind the form, call one action, answer."""
