package org.craq.server.clients;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request that continues without a thread of the container. Everything that may wait for its client is done before
 * the container is notified of the completion.
 */
final class GuardedAsync implements AsyncContext {
    private final AsyncContext context;
    private final Exchange exchange;
    private final AtomicBoolean completed = new AtomicBoolean();

    GuardedAsync(AsyncContext context, Exchange exchange) {
        this.context = context;
        this.exchange = exchange;
    }

    /**
     * Completes the request. Some JAX-RS implementations call this on the container's thread, if the answer was ready
     * before that thread was done.
     */
    @Override
    public void complete() {
        exchange.guard().complete(() -> complete(GuardedInput.DRAINED), () -> complete(Duration.ZERO));
    }

    private void complete(Duration drained) {
        if (completed.compareAndSet(false, true)) {
            exchange.finish(drained);
            end();
        }
    }

    /** Refuses a request that nobody completes any more. */
    void abandon() {
        if (completed.compareAndSet(false, true)) {
            HttpServletResponse response = (HttpServletResponse) context.getResponse();
            if (!response.isCommitted()) {
                response.reset();
                response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
                response.setHeader("Connection", "close");
            }
            end();
        }
    }

    private void end() {
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
        // Ignores timeouts that others set: an upload may take as long as it takes.
    }

    @Override
    public long getTimeout() {
        return context.getTimeout();
    }
}
