# Files of src/model.
