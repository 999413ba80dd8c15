package org.craq.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SlowClientsTest {
    private final ExecutorService oneThread = Executors.newSingleThreadExecutor();
    private final SlowClients clients = new SlowClients(oneThread, () -> false);

    @AfterEach
    void end() throws InterruptedException {
        oneThread.shutdownNow();
        assertThat(oneThread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private CompletableFuture<ClassLoader> loaderBefore(Runnable work) {
        CompletableFuture<ClassLoader> loader = new CompletableFuture<>();
        clients.complete(
                () -> {
                    loader.complete(Thread.currentThread().getContextClassLoader());
                    work.run();
                },
                () -> loader.completeExceptionally(new IllegalStateException("was not given a thread")));
        return loader;
    }

    @Test
    void theClassLoaderThatOneRequestLeavesBehindIsNotTheNextOnes() throws Exception {
        ClassLoader own = loaderBefore(() -> {}).get();
        ClassLoader container = new ClassLoader("container", own) {};
        loaderBefore(() -> Thread.currentThread().setContextClassLoader(container))
                .get();
        assertThat(loaderBefore(() -> {}).get()).isSameAs(own);
    }

    @Test
    void whatNobodyAnsweredIsRefusedAtTheEndAndCompletedOnce() throws Exception {
        List<Object> calls = new ArrayList<>();
        AsyncContext context = fake(AsyncContext.class, calls, null);
        CompletableFuture<AsyncContext> guarded = new CompletableFuture<>();
        clients.guard(
                fake(HttpServletRequest.class, calls, context),
                fake(HttpServletResponse.class, calls, context),
                (request, answer) -> guarded.complete(request.startAsync(request, answer)));
        assertThat(calls).doesNotContain("complete");

        clients.close();
        assertThat(calls).contains("setStatus 503").containsOnlyOnce("complete");
        guarded.get().complete();
        loaderBefore(() -> {}).get();
        clients.close();
        assertThat(calls).containsOnlyOnce("complete");
    }

    /** Returns an object that notes its calls and does nothing. */
    private static <T> T fake(Class<T> type, List<Object> calls, AsyncContext context) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, given) -> {
                    calls.add(given == null ? called.getName() : called.getName() + " " + given[0]);
                    return switch (called.getName()) {
                        case "startAsync" -> context;
                        case "getResponse" -> fake(HttpServletResponse.class, calls, null);
                        case "isCommitted" -> false;
                        default -> null;
                    };
                }));
    }
}
