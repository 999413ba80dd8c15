package org.craq.node.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.craq.node.store.DatabaseRefusedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeStartTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final AtomicInteger tries = new AtomicInteger();
    private volatile boolean up;

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private Object answer(String method) throws SQLException {
        if (!method.equals("getConnection")) {
            return null;
        }
        if (!up) {
            throw new SQLException("nobody listens");
        }
        return Proxy.newProxyInstance(
                NodeStartTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, call, args) -> null);
    }

    private NodeStart<String> start(NodeStart.Steps<String> steps) {
        DataSource database = (DataSource) Proxy.newProxyInstance(
                NodeStartTest.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, call, args) -> answer(call.getName()));
        return new NodeStart<>(
                database,
                () -> {
                    tries.incrementAndGet();
                    return steps.run();
                },
                ended::add,
                Duration.ofMillis(5));
    }

    @Test
    void aNodeStartsAtOnceAndEndsOnce() throws IOException {
        up = true;
        NodeStart<String> start = start(() -> "node");
        start.begin(threads);
        assertThat(start.node()).contains("node");
        start.close();
        start.close();
        assertThat(start.node()).isEmpty();
        assertThat(ended).containsExactly("node");
    }

    @Test
    void itWaitsForItsDatabase() throws IOException {
        NodeStart<String> start = start(() -> "node");
        start.begin(threads);
        assertThat(start.node()).isEmpty();
        assertThat(start.reason()).contains("waiting for its database");
        up = true;
        await().until(() -> start.node().isPresent());
        assertThat(tries).hasValue(1);
        start.close();
        assertThat(ended).containsExactly("node");
    }

    @Test
    void whatGoesWrongWithADatabaseThereFailsTheDeployment() {
        up = true;
        NodeStart<String> start = start(() -> {
            throw new IOException("the port is taken");
        });
        assertThatThrownBy(() -> start.begin(threads)).hasMessage("the port is taken");
        start.close();
        assertThat(tries).hasValue(1);
    }

    @Test
    void aDatabaseThatIsRefusedIsLookedAtAgainUntilItIsTheRightOne() throws IOException {
        up = true;
        AtomicInteger refusals = new AtomicInteger(3);
        NodeStart<String> start = start(() -> {
            if (refusals.getAndDecrement() > 0) {
                throw new DatabaseRefusedException("the database is older than the disk");
            }
            return "node";
        });
        start.begin(threads);
        assertThat(start.node()).isEmpty();
        assertThat(start.refusesDatabase()).isTrue();
        assertThat(start.reason()).isEqualTo("the database is older than the disk");
        await().until(() -> start.node().isPresent());
        assertThat(start.refusesDatabase()).isFalse();
        start.close();
    }

    /** A commit may throw checked exceptions that are not declared. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void fail(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void aDatabaseThatGoesInTheMiddleIsWaitedForWhateverTheFailure() throws IOException {
        up = true;
        List<Throwable> failures =
                new ArrayList<>(List.of(new Exception("rolled back"), new SQLException("gone"), new Error("broken")));
        NodeStart<String> start = start(() -> {
            if (!failures.isEmpty()) {
                up = failures.size() < 3;
                NodeStartTest.<RuntimeException>fail(failures.remove(0));
            }
            return "node";
        });
        start.begin(threads);
        assertThat(start.node()).isEmpty();
        up = true;
        await().until(() -> start.node().isPresent());
        assertThat(tries).hasValue(4);
        start.close();
    }

    @Test
    void whoClosesWaitsForTheNodeThatIsBeingMadeAndEndsIt() throws Exception {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        NodeStart<String> start = start(() -> {
            making.countDown();
            try {
                assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return "late";
        });
        start.begin(threads);
        up = true;
        assertThat(making.await(10, TimeUnit.SECONDS)).isTrue();
        threads.execute(() -> {
            await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            go.countDown();
        });
        start.close();
        assertThat(ended).containsExactly("late");
        assertThat(start.node()).isEmpty();
    }
}
