package org.craq.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.craq.client.CraqClient;
import org.craq.client.FakeCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LookupBenchTest {
    private static final ManyFiles FILES = new ManyFiles("many/", 1100, 10);

    private final Bench.Watcher watcher = new NoNotes();

    private FakeCluster cluster;
    private CraqClient client;

    @BeforeEach
    void start() throws IOException {
        cluster = new FakeCluster();
        client = cluster.client().build();
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    /** Each client does each lookup once. */
    private List<Timing> look() throws InterruptedException {
        return new LookupBench(client, FILES, watcher).measure(2, Duration.ofNanos(1));
    }

    @Test
    void allQuestionsFindWhatWasWritten() throws InterruptedException {
        Timing fill = new Fill(client, watcher).write(FILES, 0, 4);
        assertThat(fill.operations()).isEqualTo(1100 + surplus(fill));
        assertThat(client.listAll("many/")).hasSize(1100);
        assertThat(look())
                .hasSize(8)
                .allSatisfy(timing -> assertThat(timing.firstError()).isEmpty())
                .allMatch(timing -> timing.operations() == 2);
    }

    /**
     * The surplus of operations: clients that find nothing left to do count this as an operation, too, at most once
     * each.
     */
    private static long surplus(Timing fill) {
        long surplus = fill.operations() - 1100;
        assertThat(surplus).isBetween(0L, 4L);
        return surplus;
    }

    @Test
    void anAnswerThatDoesNotFitIsAnError() throws InterruptedException {
        new Fill(client, watcher).write(new ManyFiles("many/", 10, 11), 0, 1);
        assertThat(look())
                .filteredOn(timing -> timing.errors() == 0)
                .extracting(Timing::what)
                .allMatch(what -> what.startsWith("list") || what.equals("stat: no such file"));
    }

    @Test
    void namesAreInTheOrderOfTheirPlaces() {
        assertThat(FILES.name(7)).isEqualTo("many/0000/007");
        assertThat(FILES.name(1099)).isEqualTo("many/0001/099");
        assertThat(FILES.groups()).isEqualTo(2);
    }
}
