"""The child process of ``tonmeister.decoding``: it alone touches foreign bytes."""
