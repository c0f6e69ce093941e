# Files of src/admin.
