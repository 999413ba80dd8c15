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
 * Keeps clients that send or receive next to nothing from holding the container's threads, or the deployment's own
 * threads for long. A container has few threads, and its own limits only require a byte now and then. So whatever may
 * wait for a client runs in threads of the deployment ({@link #answer}), and wherever a thread waits, each
 * {@value Transfer#UNIT_BYTES} bytes have a time limit ({@link #sweep}). Thread-safe.
 */
public final class SlowClients implements AutoCloseable {
    /** Maximum number of requests that have a thread of the deployment. */
    public static final int MOST = 512;

    /** The interval at which {@link #sweep} is to be called. */
    public static final Duration SWEEP = Duration.ofMillis(250);

    /** Time limit for each 64 KiB. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Time limit while more than half of the threads are in use, or other requests wait for a slow one to end. */
    static final Duration CROWDED_PATIENCE = Duration.ofSeconds(3);

    /** Time limit in a thread of the container. */
    static final Duration CONTAINER_PATIENCE = Duration.ofSeconds(2);

    /** Maximum number of answers of several MiB in progress at once. */
    static final int MOST_LONG = 32;

    /** How many threads of the container may wait for clients; if more do, none waits longer than one sweep. */
    static final int MOST_IN_CONTAINER = 4;

    private static final Logger LOG = System.getLogger(SlowClients.class.getName());
    /** True in threads of the deployment. */
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
     * @param othersWait returns true while uploads wait until others have ended
     */
    public SlowClients(Executor threads, BooleanSupplier othersWait) {
        this.threads = threads;
        this.othersWait = othersWait;
    }

    /** Passes a request on, and limits how long any thread waits for its client. For the first filter of the chain. */
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

    /** Computes an answer; may wait for the client. */
    public interface Answer {
        Response run() throws IOException;
    }

    /**
     * Returns the request itself, which can be used in any thread, for the object that a resource or servlet was given.
     */
    public static HttpServletRequest unwrapped(HttpServletRequest request) {
        return request.getAttribute(REQUEST) instanceof HttpServletRequest guarded ? guarded : request;
    }

    /** Returns the response to a request, which can be used in any thread. */
    public static HttpServletResponse answerTo(HttpServletRequest request) {
        return (HttpServletResponse) request.getAttribute(RESPONSE);
    }

    /** Returns a copy of the request's headers that can be used in any thread. */
    public static HttpHeaders unwrapped(HttpHeaders headers) {
        return new KeptHeaders(headers);
    }

    /** Makes a request created by another filter the one that {@link #unwrapped} returns from now on. */
    public static HttpServletRequest replaced(HttpServletRequest request) {
        request.setAttribute(REQUEST, request);
        return request;
    }

    /**
     * Answers in a thread of the deployment, also if the answer is a refusal: that thread has the time to read what the
     * client still sends.
     */
    public void answer(AsyncResponse response, Answer answer) {
        try {
            execute(() -> resume(response, answer));
        } catch (CraqException e) {
            response.resume(e);
        }
    }

    /**
     * Like {@link #answer}, for answers that may occupy several MiB of memory until the client has received them; only
     * a limited number of these are in progress at once.
     */
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
                    ErrorCode.OVERLOADED, MOST_LONG + " pages are being sent, the maximum that fits into memory"));
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
            handOver(() -> response.resume(e));
            return;
        }
        handOver(() -> response.resume(made));
    }

    /** Gives an answer to JAX-RS; if that has ended before the deployment's threads, {@link #close} refuses the request. */
    private static void handOver(Runnable resume) {
        try {
            resume.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "an answer could not be given to the server: {0}", e.toString());
        }
    }

    /** Returns the guard of the deployment that received the request. */
    public static SlowClients of(HttpServletRequest request) {
        if (request.getAttribute(GUARD) instanceof SlowClients guard) {
            return guard;
        }
        throw new IllegalStateException("the filter for slow clients is not in front of this resource");
    }

    /** The work of a servlet for one request. */
    public interface Service {
        void run() throws IOException;
    }

    /** Serves a request of a servlet that supports asynchronous requests, in a thread of the deployment. */
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

    /**
     * Runs the end of a request, which may wait for its client: in the current thread if it belongs to the deployment,
     * otherwise in such a thread, or hurriedly here if there is none.
     */
    void complete(Runnable patient, Runnable hurried) {
        if (OWN.get()) {
            patient.run();
            return;
        }
        try {
            execute(patient);
        } catch (CraqException e) {
            LOG.log(Level.DEBUG, "no thread was left to complete a request", e);
            hurried.run();
        }
    }

    private void execute(Runnable task) {
        if (running.incrementAndGet() > MOST) {
            running.decrementAndGet();
            throw new CraqException(
                    ErrorCode.OVERLOADED, "more than " + MOST + " requests are in progress on this HTTP interface");
        }
        try {
            threads.execute(() -> {
                Thread thread = Thread.currentThread();
                ClassLoader own = thread.getContextClassLoader();
                OWN.set(true);
                try {
                    task.run();
                } finally {
                    OWN.remove();
                    // If the client's next request has already arrived when a request is completed, Payara begins it
                    // here in the same thread, and leaves its own class loader behind.
                    thread.setContextClassLoader(own);
                    running.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            running.decrementAndGet();
            throw new CraqException(ErrorCode.OVERLOADED, "the server has no more threads", e);
        }
    }

    /**
     * Refuses the requests that have not been answered, to be called at the end of the deployment when its threads have
     * ended. Payara ends JAX-RS before that, which then fails to complete a request, and its client would wait for ever.
     */
    @Override
    public void close() {
        if (running.get() > 0) {
            // A response must not be completed while a thread may still write to it.
            LOG.log(Level.WARNING, "{0} requests are still being answered at the end of the deployment", running.get());
            return;
        }
        open.forEach(exchange -> exchange.request().abandon());
    }

    /** Returns how many requests are being answered in threads of the deployment. */
    public int running() {
        return running.get();
    }

    /** Aborts requests whose clients are too slow. */
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
