/* The header is all there is; the driver comes from the toolchain. */
