package org.craq.node.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.node.store.StagedContent;
import org.junit.jupiter.api.Test;

class FetchAheadTest {
    private static final int MIB = 1 << 20;

    private final Queue<Runnable> started = new ArrayDeque<>();
    private final Contents source = new Contents();

    /** Fails on fetches that must not happen: of contents that have arrived or are being received. */
    private static final class Contents implements FetchAhead.Source {
        private final List<MissingContent> fetched = new ArrayList<>();
        private final List<MissingContent> obtained = new ArrayList<>();
        private final Set<ContentId> pushed = new HashSet<>();
        private boolean broken;

        @Override
        public boolean lacks(Content content) {
            return !pushed.contains(content.id());
        }

        @Override
        public void tryFetch(MissingContent content) {
            assertThat(fetched).doesNotContain(content);
            assertThat(pushed).doesNotContain(content.content().id());
            fetched.add(content);
            if (broken) {
                throw new IllegalStateException("broken");
            }
        }

        @Override
        public Optional<StagedContent> obtain(MissingContent content, BooleanSupplier enough) {
            obtained.add(content);
            return Optional.empty();
        }
    }

    private static List<MissingContent> contents(int count, long length) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        new MissingContent(new Content(new ContentId(new UUID(7, i)), MIB, length, 0), new Seq(i + 1)))
                .toList();
    }

    private FetchAhead ahead(List<MissingContent> contents) {
        return new FetchAhead(source, started::add, contents);
    }

    private void runAll() {
        while (!started.isEmpty()) {
            started.remove().run();
        }
    }

    @Test
    void whileOneContentIsWaitedForTheNextOnesAreFetchedAlready() throws InterruptedException {
        List<MissingContent> contents = contents(3, 10);
        FetchAhead ahead = new FetchAhead(source, Runnable::run, contents);

        ahead.obtain(contents.get(0), () -> false);

        assertThat(source.fetched).isEqualTo(contents);
        assertThat(source.obtained).containsExactly(contents.get(0));
        ahead.obtain(contents.get(1), () -> false);
        ahead.obtain(contents.get(2), () -> false);
        assertThat(source.fetched).isEqualTo(contents);
        assertThat(source.obtained).isEqualTo(contents);
    }

    @Test
    void noMoreContentsAreFetchedAtOnceThanTheLimitSays() throws InterruptedException {
        List<MissingContent> contents = contents(3 * FetchAhead.MAX_CONTENTS, 10);

        ahead(contents).obtain(contents.get(0), () -> true);

        assertThat(started).hasSize(FetchAhead.MAX_CONTENTS);
        runAll();
        assertThat(source.fetched).isEqualTo(contents.subList(0, FetchAhead.MAX_CONTENTS));
    }

    @Test
    void noMoreBytesAreFetchedAtOnceThanTheLimitSays() throws InterruptedException {
        List<MissingContent> contents = contents(4, FetchAhead.MAX_BYTES / 2);
        FetchAhead ahead = ahead(contents);

        ahead.obtain(contents.get(0), () -> true);
        assertThat(started).hasSize(2);

        ahead.obtain(contents.get(1), () -> true);
        assertThat(started).hasSize(3);
    }

    @Test
    void aContentBeyondTheLimitIsFetchedAlone() throws InterruptedException {
        List<MissingContent> contents = contents(2, 2 * FetchAhead.MAX_BYTES);

        ahead(contents).obtain(contents.get(0), () -> true);

        assertThat(started).hasSize(1);
    }

    @Test
    void whatIsPushedIsWaitedForAndNotFetched() throws InterruptedException {
        List<MissingContent> contents = contents(3, 10);
        source.pushed.add(contents.get(1).content().id());
        FetchAhead ahead = new FetchAhead(source, Runnable::run, contents);

        for (MissingContent content : contents) {
            ahead.obtain(content, () -> false);
        }

        assertThat(source.fetched).containsExactly(contents.get(0), contents.get(2));
        assertThat(source.obtained).isEqualTo(contents);
    }

    @Test
    void aFetchThatFailsIsLeftToTheOrdinaryWay() throws InterruptedException {
        List<MissingContent> contents = contents(1, 10);
        source.broken = true;

        new FetchAhead(source, Runnable::run, contents).obtain(contents.get(0), () -> false);

        assertThat(source.obtained).isEqualTo(contents);
    }
}
