"""`python -m nightlatch_cli` is `nightlatch`, for places where the script is not on the PATH."""

from nightlatch_cli.app import main

if __name__ == "__main__":
    main()
