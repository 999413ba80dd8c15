package org.craq.server.clients;

import static org.assertj.core.api.Assertions.assertThat;

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
}
