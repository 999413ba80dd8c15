package org.craq.server.clients;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Sees to it that clients which send or take next to nothing hold no thread of the container's, and none of the deployment's own for long. A container has few
 * threads, and its own limits ask for a byte now and then. So what may wait for a client runs in threads of the deployment's own ({@link #answer}), and
 * wherever a thread waits, each {@value Transfer#UNIT_BYTES} bytes may take so long and no longer ({@link #sweep}). Thread-safe.
 */
public final class SlowClients {
    /** Requests that have a thread of the deployment's own. */
    public static final int MOST = 512;

    /** How often {@link #sweep} is to be called. */
    public static final Duration SWEEP = Duration.ofMillis(250);

    /** For each 64 KiB. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The same while there are more slow clients than room for them, or others wait for the turn of one. */
    static final Duration CROWDED_PATIENCE = Duration.ofSeconds(3);

    /** The same in a thread of the container's. */
    static final Duration CONTAINER_PATIENCE = Duration.ofSeconds(2);

    /** Answers of some MiB that are under way at once. */
    static final int MOST_LONG = 32;

    /** Threads of the container's that may wait for clients; when there are more none of them is waited for. */
    static final int MOST_IN_CONTAINER = 4;

    private static final Logger LOG = System.getLogger(SlowClients.class.getName());
    /** True in threads of the deployment's own. */
    private static final ThreadLocal<Boolean> OWN = ThreadLocal.withInitial(() -> false);

    private static final String REQUEST = SlowClients.class.getName() + ".request";
    private static final String RESPONSE = SlowClients.class.getName() + ".response";
    private static final String GUARD = SlowClients.class.getName();

    private final Executor threads;
    private final BooleanSupplier othersWait;
    private final Set<Exchange> open = ConcurrentHashMap.newKeySet();
    private final Semaphore longAnswers = new Semaphore(MOST_LONG);
    private final AtomicInteger running = new AtomicInteger();

    /**
     * Guards one deployment.
     *
     * @param threads runs each task at once, in a thread of its own
     * @param othersWait true while uploads wait until others have ended
     */
    public SlowClients(Executor threads, BooleanSupplier othersWait) {
        this.threads = threads;
        this.othersWait = othersWait;
    }

    /** Passes a request on and bounds how long anybody waits for its client. For the filter before everything else. */
    public void guard(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Exchange[] made = new Exchange[1];
        Exchange exchange = new Exchange(
                (HttpServletRequest) request, (HttpServletResponse) response, this, () -> open.remove(made[0]));
        made[0] = exchange;
        open.add(exchange);
        request.setAttribute(REQUEST, exchange.request());
        request.setAttribute(RESPONSE, exchange.response());
        request.setAttribute(GUARD, this);
        try {
            chain.doFilter(exchange.request(), exchange.response());
        } finally {
            if (!exchange.request().isAsync()) {
                exchange.finish(GuardedInput.DRAINED_BY_CONTAINER);
                exchange.end();
            }
        }
    }

    /** What makes an answer; may wait for the client. */
    public interface Answer {
        Response run() throws IOException;
    }

    /** The request itself, which is of use in any thread, for what a resource or servlet was given for it. */
    public static HttpServletRequest unwrapped(HttpServletRequest request) {
        return request.getAttribute(REQUEST) instanceof HttpServletRequest guarded ? guarded : request;
    }

    /** The answer to it, of use in any thread, too. */
    public static HttpServletResponse answerTo(HttpServletRequest request) {
        return (HttpServletResponse) request.getAttribute(RESPONSE);
    }

    /** The same for its headers. */
    public static HttpHeaders unwrapped(HttpHeaders headers) {
        return new KeptHeaders(headers);
    }

    /** From here on it goes by this one, which another filter has made of it. */
    public static HttpServletRequest replaced(HttpServletRequest request) {
        request.setAttribute(REQUEST, request);
        return request;
    }

    /** Answers in a thread of the deployment's own, also what is refused: that thread has the time to take what the client still sends. */
    public void answer(AsyncResponse response, Answer answer) {
        try {
            execute(() -> resume(response, answer));
        } catch (CraqException e) {
            response.resume(e);
        }
    }

    /** The same for an answer that may take some MiB of memory until the client has taken it: there are only so many of these at once. */
    public void answerLong(AsyncResponse response, Answer answer) {
        try {
            execute(() -> resumeLong(response, answer));
        } catch (CraqException e) {
            response.resume(e);
        }
    }

    private void resumeLong(AsyncResponse response, Answer answer) {
        boolean mine = false;
        try {
            mine = longAnswers.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!mine) {
            response.resume(new CraqException(
                    ErrorCode.OVERLOADED, MOST_LONG + " pages are being sent, which is what there is memory for"));
            return;
        }
        try {
            resume(response, answer);
        } finally {
            longAnswers.release();
        }
    }

    private static void resume(AsyncResponse response, Answer answer) {
        Response made;
        try {
            made = answer.run();
        } catch (IOException | RuntimeException | Error e) {
            response.resume(e);
            return;
        }
        response.resume(made);
    }

    /** The guard of the deployment that the request has come to. */
    public static SlowClients of(HttpServletRequest request) {
        if (request.getAttribute(GUARD) instanceof SlowClients guard) {
            return guard;
        }
        throw new IllegalStateException("the filter for slow clients is not in front of this resource");
    }

    /** What a servlet does for a request. */
    public interface Service {
        void run() throws IOException;
    }

    /** The same for a servlet that supports asynchronous requests. */
    public static void serve(HttpServletRequest request, HttpServletResponse response, Service service) {
        SlowClients clients = of(request);
        AsyncContext context = request.startAsync(request, response);
        try {
            clients.execute(() -> clients.serve(context, response, service));
        } catch (CraqException e) {
            response.setStatus(e.code().http());
            context.complete();
        }
    }

    private void serve(AsyncContext context, HttpServletResponse response, Service service) {
        try {
            service.run();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "an answer could not be sent", e);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a request failed", e);
            response.setStatus(ErrorCode.INTERNAL.http());
        } finally {
            context.complete();
        }
    }

    /** Runs what may wait for a client at the end of a request: here, if this is a thread of the deployment's own, else in one of these. */
    void complete(Runnable patient, Runnable hurried) {
        if (OWN.get()) {
            patient.run();
            return;
        }
        try {
            execute(patient);
        } catch (CraqException e) {
            LOG.log(Level.DEBUG, "a request ends without a thread of its own", e);
            hurried.run();
        }
    }

    private void execute(Runnable task) {
        if (running.incrementAndGet() > MOST) {
            running.decrementAndGet();
            throw new CraqException(
                    ErrorCode.OVERLOADED, "more than " + MOST + " requests are under way at this HTTP interface");
        }
        try {
            threads.execute(() -> {
                OWN.set(true);
                try {
                    task.run();
                } finally {
                    OWN.remove();
                    running.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            running.decrementAndGet();
            throw new CraqException(ErrorCode.OVERLOADED, "the server has no more threads", e);
        }
    }

    /** Requests that are answered in threads of the deployment's own now. */
    public int running() {
        return running.get();
    }

    /** Gives up clients that are too slow. */
    public void sweep() {
        boolean crowded = running.get() > MOST / 2 || longAnswers.hasQueuedThreads();
        boolean turns = othersWait.getAsBoolean();
        long held = open.stream()
                .filter(exchange -> !exchange.request().isAsync())
                .filter(exchange -> exchange.waitsLonger(SWEEP))
                .count();
        Duration inContainer = held > MOST_IN_CONTAINER ? SWEEP : CONTAINER_PATIENCE;
        for (Exchange exchange : open) {
            if (!exchange.request().isAsync()) {
                exchange.check(inContainer, inContainer);
            } else {
                boolean hurry = crowded || (turns && exchange.incoming().isLongUpload());
                exchange.check(hurry ? CROWDED_PATIENCE : PATIENCE, crowded ? CROWDED_PATIENCE : PATIENCE);
            }
        }
    }
}
