"""What is said of a result, as blocks of a document: any renderer draws them."""
