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
import java.util.regex.Pattern;

/** A request whose body comes at no less than the least rate, and is not waited for once the answer is out. */
final class GuardedRequest extends HttpServletRequestWrapper {
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    private final Exchange exchange;
    private Optional<GuardedInput> input = Optional.empty();
    private volatile boolean async;
    private volatile Optional<AsyncContext> context = Optional.empty();

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

    /** Implementations of JAX-RS end a request by this one, not by the one that they were given at its start. */
    @Override
    public AsyncContext getAsyncContext() {
        return context.orElseGet(super::getAsyncContext);
    }

    private AsyncContext guarded(AsyncContext context) {
        async = true;
        // The least rate is the limit; by default containers end a request after 30 s.
        context.setTimeout(0);
        AsyncContext guarded = new GuardedAsync(context, exchange);
        this.context = Optional.of(guarded);
        return guarded;
    }

    /** True once no thread of the container works on it any more. */
    boolean isAsync() {
        return async;
    }

    /** The answer is out; what is left of the body is taken for so long. */
    void finish(Duration drained) throws IOException {
        if (hasBody()) {
            getInputStream();
            input.orElseThrow().finish(drained);
        }
    }

    /** Servers throw when a length that is no number, or too large for one, is asked for; the request has been refused then. */
    private boolean hasBody() {
        String length = getHeader("Content-Length");
        return getHeader("Transfer-Encoding") != null
                || (length != null && LENGTH.matcher(length).matches() && Long.parseLong(length) > 0);
    }
}
