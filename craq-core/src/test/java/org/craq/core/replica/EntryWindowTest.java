package org.craq.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.craq.core.replica.Given.A;
import static org.craq.core.replica.Given.B;
import static org.craq.core.replica.Given.entry;
import static org.craq.core.replica.Given.put;
import static org.craq.core.replica.Given.seq;
import static org.craq.core.replica.Given.writeId;

import org.junit.jupiter.api.Test;

class EntryWindowTest {
    private final EntryWindow window = new EntryWindow(seq(4));
    private final Entry five = entry(1, 5, put(A, 5), put(B, 5));
    private final Entry six = entry(1, 6, put(A, 6));

    EntryWindowTest() {
        window.append(five);
        window.append(six);
    }

    @Test
    void findsBySeqByFileAndByWriteId() {
        assertThat(window.get(seq(4))).isEmpty();
        assertThat(window.get(seq(5))).contains(five);
        assertThat(window.newest(A)).contains(six);
        assertThat(window.newest(B)).contains(five);
        assertThat(window.written(writeId(5))).contains(five);
        assertThat(window.written(writeId(7))).isEmpty();
        assertThat(window.size()).isEqualTo(2);
    }

    @Test
    void releaseLetsGoFromBelow() {
        window.release(seq(5));
        assertThat(window.floor()).isEqualTo(seq(5));
        assertThat(window.get(seq(5))).isEmpty();
        assertThat(window.newest(A)).contains(six);
        assertThat(window.newest(B)).isEmpty();
        assertThat(window.written(writeId(5))).isEmpty();
        assertThat(window.written(writeId(6))).contains(six);
    }

    @Test
    void releaseNeverLowersTheFloor() {
        window.release(seq(3));
        assertThat(window.floor()).isEqualTo(seq(4));
        assertThat(window.size()).isEqualTo(2);
    }

    @Test
    void truncateDropsFromAbove() {
        window.truncate(seq(5));
        assertThat(window.newest(A)).contains(five);
        assertThat(window.written(writeId(6))).isEmpty();
        assertThat(window.floor()).isEqualTo(seq(4));
        window.append(entry(2, 6, put(B, 9)));
        assertThat(window.newest(B)).contains(entry(2, 6, put(B, 9)));
    }

    @Test
    void truncateBelowTheFloorLowersIt() {
        window.truncate(seq(2));
        assertThat(window.floor()).isEqualTo(seq(2));
        assertThat(window.size()).isZero();
        assertThat(window.newest(A)).isEmpty();
    }

    @Test
    void knowsWhichWriteIdsAreNewAboveAPlace() {
        assertThat(window.isNewAbove(seq(4), writeId(7))).isTrue();
        assertThat(window.isNewAbove(seq(3), writeId(7)))
                .as("below everything that is known")
                .isFalse();
        assertThat(window.isNewAbove(seq(6), writeId(6))).isFalse();
        window.release(seq(6));
        assertThat(window.isNewAbove(seq(4), writeId(5))).as("released").isFalse();
        assertThat(window.isNewAbove(seq(4), writeId(7))).isTrue();
    }

    @Test
    void idsOfDroppedEntriesMayStayAndThoseThatTakeTheirPlaceAreKnown() {
        window.truncate(seq(5));
        assertThat(window.isNewAbove(seq(5), writeId(6))).isTrue();
        window.append(entry(2, 6, put(A, 9)));
        assertThat(window.isNewAbove(seq(5), writeId(9))).isFalse();
    }

    @Test
    void onlyTheLastIdsAreRemembered() {
        for (int i = 7; i <= RecentIds.MOST + 6; i++) {
            window.append(entry(1, i, put(A, i)));
        }
        window.release(seq(RecentIds.MOST + 6));
        // The ids of entries five, which had two operations, and six exceed the limit.
        assertThat(window.isNewAbove(seq(6), writeId(7))).isFalse();
        assertThat(window.isNewAbove(seq(6), writeId(0))).isTrue();
        assertThat(window.isNewAbove(seq(5), writeId(0))).isFalse();
    }
}
