package org.craq.server.clients;

import java.io.IOException;

/** The client let a thread wait for too long; the request has been given up. */
final class SlowClientException extends IOException {
    private static final long serialVersionUID = 1L;

    SlowClientException(String message) {
        super(message);
    }
}
