package org.craq.server.clients;

import java.io.IOException;

/** The client made a thread wait too long; the request has been aborted. */
final class SlowClientException extends IOException {
    private static final long serialVersionUID = 1L;

    SlowClientException(String message) {
        super(message);
    }
}
