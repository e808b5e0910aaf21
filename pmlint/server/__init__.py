"""The language server: what an editor shows of a document while it is typed.

Each answer is a function of a draft (the text in the editor), a place in it and a view (the
repository as it was last judged); `protocol` connects them with an editor and is the only module
that knows pygls.
"""
