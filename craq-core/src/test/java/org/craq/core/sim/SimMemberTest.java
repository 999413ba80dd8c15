package org.craq.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.craq.core.replica.Effect;
import org.junit.jupiter.api.Test;

class SimMemberTest {
    @Test
    void theDriverPerformsEveryKindOfEffect() {
        World world = new World(1, Settings.calm(1, 1, 1));
        SimNode node = world.nodes().get(0);
        node.start();
        assertThat(node.life().orElseThrow().handlers().types()).containsExactlyInAnyOrder(kinds());
    }

    @SuppressWarnings("unchecked")
    private static Class<? extends Effect>[] kinds() {
        return (Class<? extends Effect>[]) Effect.class.getPermittedSubclasses();
    }
}
