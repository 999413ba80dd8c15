package org.craq.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.craq.client.CraqClient;
import org.craq.client.FakeCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManyVersionsTest {
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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachBlockIsToldOfAndNothingStays(boolean append) throws Exception {
        List<Timing> timings =
                new ManyVersions(client, new NoNotes()).measure(new ManyVersions.Settings(25, 100, append, 3));
        assertThat(timings).extracting(Timing::operations).containsExactly(8L, 8L, 9L);
        assertThat(timings).extracting(Timing::what).last().isEqualTo((append ? "append" : "put") + " 17 to 25");
        assertThat(timings).allSatisfy(timing -> assertThat(timing.firstError()).isEmpty());
        assertThat(client.listAll("")).isEmpty();
    }

    @Test
    void fewerVersionsThanBlocksAreRefused() {
        assertThatThrownBy(() -> new ManyVersions.Settings(2, 100, false, 3)).hasMessageContaining("2 in 3");
        assertThatThrownBy(() -> new ManyVersions.Settings(2, 0, false, 1)).hasMessageContaining("not 0");
    }
}
