# Files of src/codec.
