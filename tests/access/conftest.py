def pytest_addoption(parser):
    parser.addoption("--update-matrix", action="store_true", help="write tests/access/matrix.txt anew")
