package org.craq.server.clients;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A request whose body must arrive at the minimum rate or faster, and is not waited for once the answer has been sent.
 */
final class GuardedRequest extends HttpServletRequestWrapper {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private final Exchange exchange;
    private Optional<GuardedInput> input = Optional.empty();
    private volatile boolean async;
    private volatile Optional<GuardedAsync> context = Optional.empty();

    GuardedRequest(HttpServletRequest request, Exchange exchange) {
        super(request);
        this.exchange = exchange;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        if (input.isEmpty()) {
            input = Optional.of(new GuardedInput(super.getInputStream(), exchange.incoming()));
        }
        return input.get();
    }

    @Override
    public AsyncContext startAsync() {
        return guarded(super.startAsync());
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        return guarded(super.startAsync(request, response));
    }

    /**
     * Returns the guarded context: JAX-RS implementations complete a request through this method, not through the
     * context returned at its start.
     */
    @Override
    public AsyncContext getAsyncContext() {
        return context.<AsyncContext>map(Function.identity()).orElseGet(super::getAsyncContext);
    }

    private AsyncContext guarded(AsyncContext context) {
        async = true;
        // The minimum rate is the limit; by default containers end a request after 30 s.
        context.setTimeout(0);
        GuardedAsync guarded = new GuardedAsync(context, exchange);
        this.context = Optional.of(guarded);
        return guarded;
    }

    /** Returns true once the request is processed asynchronously, without a thread of the container. */
    boolean isAsync() {
        return async;
    }

    /** Refuses the request if it is processed asynchronously and has not been completed. */
    void abandon() {
        context.ifPresent(GuardedAsync::abandon);
    }

    /** Reads the rest of the body for this long after the answer has been sent. */
    void finish(Duration drained) throws IOException {
        if (hasBody()) {
            getInputStream();
            input.orElseThrow().finish(drained);
        }
    }

    /**
     * Returns whether there is a body. Parses the length itself, as servers throw if it is not a number or too large;
     * such a request has already been refused.
     */
    private boolean hasBody() {
        String length = getHeader("Content-Length");
        return getHeader("Transfer-Encoding") != null
                || (length != null && LENGTH.matcher(length).matches() && Long.parseLong(length) > 0);
    }
}
