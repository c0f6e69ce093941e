# Tests of src/ilp.
