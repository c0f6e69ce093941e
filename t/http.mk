# Tests of src/http.
