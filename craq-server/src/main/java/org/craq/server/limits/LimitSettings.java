package org.craq.server.limits;

import org.craq.server.Settings;

/**
 * How often one caller may call.
 *
 * @param userRate requests of one user per second; 0: no limit
 * @param userBurst requests of one user at once
 */
public record LimitSettings(int userRate, int userBurst) {
    public static final String USER_RATE = "craq.limits.user.rate";
    public static final String USER_BURST = "craq.limits.user.burst";

    private static final int MOST = 1_000_000;

    /**
     * Reads the settings.
     *
     * @throws IllegalArgumentException naming the setting whose value is invalid
     */
    public static LimitSettings read(Settings settings) {
        int rate = settings.number(USER_RATE, 0, 0, MOST);
        return new LimitSettings(rate, settings.number(USER_BURST, Math.max(1, 2 * rate), 1, 2 * MOST));
    }
}
