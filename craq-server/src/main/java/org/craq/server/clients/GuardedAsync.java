package org.craq.server.clients;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.time.Duration;

/** A request that goes on without a thread of the container's. All that may wait for its client is done before the container hears that it is complete. */
final class GuardedAsync implements AsyncContext {
    private final AsyncContext context;
    private final Exchange exchange;

    GuardedAsync(AsyncContext context, Exchange exchange) {
        this.context = context;
        this.exchange = exchange;
    }

    /** Some implementations of JAX-RS call this in the container's thread when the answer was there before that thread was done. */
    @Override
    public void complete() {
        exchange.guard().complete(() -> complete(GuardedInput.DRAINED), () -> complete(Duration.ZERO));
    }

    private void complete(Duration drained) {
        exchange.finish(drained);
        try {
            context.complete();
        } finally {
            exchange.end();
        }
    }

    @Override
    public ServletRequest getRequest() {
        return context.getRequest();
    }

    @Override
    public ServletResponse getResponse() {
        return context.getResponse();
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
        return context.hasOriginalRequestAndResponse();
    }

    @Override
    public void dispatch() {
        context.dispatch();
    }

    @Override
    public void dispatch(String path) {
        context.dispatch(path);
    }

    @Override
    public void dispatch(ServletContext servlets, String path) {
        context.dispatch(servlets, path);
    }

    @Override
    public void start(Runnable work) {
        context.start(work);
    }

    @Override
    public void addListener(AsyncListener listener) {
        context.addListener(listener);
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
        context.addListener(listener, request, response);
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
        return context.createListener(type);
    }

    @Override
    public void setTimeout(long millis) {
        // None of anybody else's: an upload takes as long as it takes.
    }

    @Override
    public long getTimeout() {
        return context.getTimeout();
    }
}
