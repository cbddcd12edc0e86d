/** A picture of dots from a picture of lines. */

/** Twice as many as the picture's own pixels: enough for print and sharp screens. */
const SCALE = 2;

/** The SVG document as PNG, as this browser draws it. */
export async function pngOf(svg: string): Promise<Blob> {
	const image = new Image();
	image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
	await image.decode();
	const canvas = new OffscreenCanvas(image.naturalWidth * SCALE, image.naturalHeight * SCALE);
	canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
	return canvas.convertToBlob({ type: "image/png" });
}
