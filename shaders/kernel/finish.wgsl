    // The sums of the threads, by halves.
    sums[thread] = total;
    bads[thread] = bad;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half >>= 1u) {
        if thread < half {
            sums[thread] = sum_join(sums[thread], sums[thread + half]);
            bads[thread] |= bads[thread + half];
        }
        workgroupBarrier();
    }
    if thread == 0u {
        partials[group.x] = words_of(sums[0], bads[0]);
    }
