package org.craq.node.store;

import java.io.IOException;

/** A force to the disk failed. Earlier writes may be lost, and no later force would report that. */
final class ForceFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    ForceFailedException(String what, Throwable cause) {
        super("forcing to disk failed: " + what + (cause == null ? "" : ": " + cause.getMessage()), cause);
    }
}
