package org.craq.server.clients;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** One request and its response, with the time for which the client has made threads wait. */
final class Exchange {
    private static final Logger LOG = System.getLogger(Exchange.class.getName());

    private final Transfer incoming = new Transfer(true);
    private final Transfer outgoing = new Transfer(false);
    private final GuardedRequest request;
    private final GuardedResponse response;
    private final SlowClients guard;
    private final Runnable onEnd;

    /**
     * Creates an exchange.
     *
     * @param onEnd runs once, when nothing more is to be done
     */
    Exchange(HttpServletRequest request, HttpServletResponse response, SlowClients guard, Runnable onEnd) {
        this.guard = guard;
        this.request = new GuardedRequest(request, this);
        this.response = new GuardedResponse(response, this);
        this.onEnd = onEnd;
    }

    SlowClients guard() {
        return guard;
    }

    Transfer incoming() {
        return incoming;
    }

    Transfer outgoing() {
        return outgoing;
    }

    GuardedRequest request() {
        return request;
    }

    GuardedResponse response() {
        return response;
    }

    /** Sends the rest of the answer and reads the rest of the body, while the client is fast enough. */
    void finish(Duration drained) {
        try {
            response.finish(request.isAsync());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "an answer could not be sent completely", e);
        }
        try {
            request.finish(drained);
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.DEBUG, "the rest of a body could not be read", e);
        }
    }

    boolean waitsLonger(Duration time) {
        return incoming.waitsLonger(time) || outgoing.waitsLonger(time);
    }

    /** Aborts the exchange if its client has made a thread wait too long. */
    void check(Duration sending, Duration taking) {
        incoming.check(sending);
        outgoing.check(taking);
    }

    void end() {
        onEnd.run();
    }
}
