# Files of src/ilp.
