package org.craq.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusedLinesTest {
    private final AtomicLong now = new AtomicLong(7);
    private final RefusedLines lines = new RefusedLines(now::get);

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private int written(String peer, int requests) {
        int written = 0;
        for (int i = 0; i < requests; i++) {
            written += lines.writes(peer, i % 4 == 3 ? "PERMISSION_DENIED" : "UNAUTHENTICATED") ? 1 : 0;
        }
        return written;
    }

    @Test
    void theFirstLinesOfAnAddressAreWrittenAndThenOneEachSecond() {
        assertThat(written("10.0.0.1", 1000)).isEqualTo(RefusedLines.AT_ONCE);
        pass(Duration.ofSeconds(3));
        assertThat(written("10.0.0.1", 1000)).isEqualTo(3);
        assertThat(written("10.0.0.2", 50)).isEqualTo(50);
    }

    @Test
    void whatIsLeftOutIsCountedInOneLineAMinute() {
        written("10.0.0.1", 1000);
        written("2001:db8::1", RefusedLines.AT_ONCE);
        written("2001:db8::2", 1);
        assertThat(lines.dueSums()).isEmpty();
        pass(RefusedLines.PERIOD);
        List<AuditRecord> sums = lines.dueSums();
        assertThat(sums).extracting(AuditRecord::peer).containsExactly("10.0.0.1", "2001:db8:0:0:0:0:0:0/64");
        assertThat(sums).allSatisfy(sum -> {
            assertThat(sum.action()).isEqualTo("refused");
            assertThat(sum.outcome()).isEqualTo("REFUSED");
        });
        assertThat(sums.get(0).detail())
                .startsWith("left out since 20")
                .endsWith("Z: 200 PERMISSION_DENIED, 600 UNAUTHENTICATED");
        assertThat(sums.get(1).detail()).endsWith("Z: 1 UNAUTHENTICATED");
        assertThat(lines.dueSums()).isEmpty();
        assertThat(lines.sum()).isEqualTo(801);
        pass(RefusedLines.PERIOD);
        assertThat(lines.dueSums()).isEmpty();
    }

    @Test
    void manyAddressesTogetherHaveALimitToo() {
        int all = 0;
        for (int i = 0; i < 100; i++) {
            all += written("10.0.1." + i, RefusedLines.AT_ONCE);
        }
        assertThat(all).isEqualTo(RefusedLines.ALL_AT_ONCE);
        pass(RefusedLines.PERIOD);
        List<AuditRecord> sums = lines.dueSums();
        assertThat(sums).hasSize(RefusedLines.MOST_NAMED + 1);
        assertThat(sums.get(RefusedLines.MOST_NAMED).peer()).isEmpty();
        assertThat(sums.get(RefusedLines.MOST_NAMED).detail()).contains(", of other addresses: ");
    }

    @Test
    void theRestIsToldAtTheEnd() {
        written("10.0.0.1", RefusedLines.AT_ONCE + 1);
        assertThat(lines.sums()).hasSize(1);
        assertThat(lines.sums()).isEmpty();
    }
}
