package org.craq.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineUseTest {
    private static MachineUse use(String text) {
        return MachineUse.parse(text).orElseThrow();
    }

    @Test
    void eachOfTheSystemsTimesIsCountedOnce() {
        MachineUse use = use("cpu  100 200 300 1000 2000 10 20 400 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
        assertThat(use).isEqualTo(new MachineUse(6.3, 30, 4));
    }

    @Test
    void sharesAreThoseBetweenTwoMoments() {
        MachineUse used = use("cpu  300 0 0 500 0 0 0 200 0 0").since(use("cpu  100 0 0 100 0 0 0 100 0 0"));
        assertThat(used.busySeconds()).isEqualTo(2);
        assertThat(used.idleShare()).isEqualTo(4.0 / 7);
        assertThat(used.stolenShare()).isEqualTo(1.0 / 7);
    }

    @Test
    void nothingIsKnownOfASystemThatTellsItOtherwise() {
        assertThat(MachineUse.parse("")).isEmpty();
        assertThat(MachineUse.parse("cpu  1 2 3")).isEmpty();
        assertThat(MachineUse.parse("cpu  1 2 3 4 5 6 7 x")).isEmpty();
    }

    @Test
    void noTimeHasNoShares() {
        assertThat(new MachineUse(0, 0, 0).idleShare()).isZero();
    }
}
