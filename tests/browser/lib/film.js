// SPDX-License-Identifier: Apache-2.0
// A picture that is worth its bits: Chromium's own fake camera shows too little for an encoder to use what it is given.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FRAMES = 16;
const NOISE = 24;

function frame({ width, height }, time) {
  const luma = Buffer.alloc(width * height);
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 1) {
      luma[i] = 128 + 60 * Math.sin(x / 9 + time) * Math.cos(y / 13 - time) + NOISE * (Math.random() - 0.5);
    }
  }
  return [Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)];
}

// Waves under noise, in a loop of about a second. Returns the file's path.
export function filmNoise({ width, height, frameRate }) {
  const path = join(process.env.NARU_BROWSER_SCRATCH, `noise-${width}x${height}.y4m`);
  const frames = Array.from({ length: FRAMES }, (_, index) => frame({ width, height }, (index * 2 * Math.PI) / FRAMES));
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F${frameRate}:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(path, Buffer.concat([head, ...frames.flat()]));
  return path;
}
