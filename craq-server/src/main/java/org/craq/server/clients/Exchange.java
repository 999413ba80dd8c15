package org.craq.server.clients;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** One request and its response, with what its client lets wait. */
final class Exchange {
    private static final Logger LOG = System.getLogger(Exchange.class.getName());

    private final Transfer incoming = new Transfer(true);
    private final Transfer outgoing = new Transfer(false);
    private final GuardedRequest request;
    private final GuardedResponse response;
    private final SlowClients guard;
    private final Runnable onEnd;

    /** @param onEnd runs when nothing more is to be done, once */
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

    /** Sends what is left of the answer and takes what is left of the body, as long as the client is worth it. */
    void finish(Duration drained) {
        try {
            response.finish(request.isAsync());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "an answer could not be sent to its end", e);
        }
        try {
            request.finish(drained);
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.DEBUG, "the rest of a body could not be taken", e);
        }
    }

    boolean waitsLonger(Duration time) {
        return incoming.waitsLonger(time) || outgoing.waitsLonger(time);
    }

    /** Gives the client up if it has let a thread wait for too long. */
    void check(Duration sending, Duration taking) {
        incoming.check(sending);
        outgoing.check(taking);
    }

    void end() {
        onEnd.run();
    }
}
