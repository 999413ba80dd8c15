package org.craq.node.store;

import java.io.IOException;

/** Something could not be forced to the disk. What was written before may be lost, and no later force would tell. */
final class ForceFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    ForceFailedException(String what, Throwable cause) {
        super("forcing to disk failed: " + what + (cause == null ? "" : ": " + cause.getMessage()), cause);
    }
}
