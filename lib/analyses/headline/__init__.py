"""What the study says first, and on what it rests: the landing page and the conclusions."""
